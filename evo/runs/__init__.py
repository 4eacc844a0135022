"""Run folders: how a run is carried out, written down, continued and judged."""
