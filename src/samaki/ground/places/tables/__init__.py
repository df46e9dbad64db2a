"""The gazetteers that come with Samaki."""
