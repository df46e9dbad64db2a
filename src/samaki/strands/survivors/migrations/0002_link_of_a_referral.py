from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("survivors", "0001_initial")]

    operations = [
        migrations.AddField(model_name="referral", name="link", field=models.CharField(blank=True, max_length=64)),
    ]
