"""What carries targets down: learned decoders and exact inverses."""
