"""What a notebook needs around the lesson: a quiet start, the room check, the map.

Importing this module loads no framework; `start()` does.
"""

from .course import course_map, routes
from .quiet import progress, set_seed, start
from .room import room_check

__all__ = ["course_map", "progress", "room_check", "routes", "set_seed", "start"]
