"""`fallwatch edge doctor`: measures the box; what the measures mean is decided in `edge.core.doctor`."""
