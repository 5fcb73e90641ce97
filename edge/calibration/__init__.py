"""`fallwatch calibrate`: facade points in, by file or by clicks on a page; the camera's settings out."""
