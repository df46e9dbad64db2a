"""Forms made as workbooks: read apart from us, checked, told in words, shown before they are published."""
