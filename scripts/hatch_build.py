"""Puts configs/ into the wheel as evo/configs.

An editable install reads them where they are, so no copy grows stale.
"""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        if version == "standard":
            build_data["force_include"]["configs"] = "evo/configs"
