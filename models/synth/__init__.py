"""Rendered facades with things that fall, made by physics and optics from a seed.

A clip is drawn (`recipe`: where, when, what, how coded), built (`staging`), then filmed (`record`):

- place: `place` draws towers and cameras; `camera` projects with a lens's distortion; `front`, `texture`,
  `estate` paint; `raster` draws painted rectangles with depth; `illumination` lights; `scenery` joins all;
- what falls: `bodies` (shapes, weights), `flight` (drag, wind, ledges), `release` (a throw that the camera
  sees as wished), `stamps` (cover of a pixel during an exposure), `throws` (actors that tell the truth),
  `foliage` (a tree in front);
- what moves and is no fall: `actors`, by name;
- the camera: `sensor` (noise and its cleaning), `timing` (repeated and lost frames), `codec` (H.264, H.265,
  damaged packets);
- `sets`: the clips of bench and training by name. The same recipe gives the same bytes.

`presets`, `scene`, `backdrop`, `facade`, `fall` and `video` are the demo's two cameras, drawn more simply.
"""
