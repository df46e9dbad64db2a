"""The common ground: places, organisations, programmes, people, groups, activities, periods, accounts."""
