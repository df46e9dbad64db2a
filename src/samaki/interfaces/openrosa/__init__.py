"""The door for phones: an OpenRosa server as ODK Collect, KoboCollect and Enketo know it, one address a programme."""
