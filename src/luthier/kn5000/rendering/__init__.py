"""From a song to a sound file: the song as it is performed, its sound, and what is done to it on the way.

song ──► performance ──► sound ──► finishing: rate, gain, limiter, meter ──► file
         loops, frames    engine                                         └──► report
"""
