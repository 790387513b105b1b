"""Audio files, resampling, plots."""
