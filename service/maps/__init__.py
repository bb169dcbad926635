"""Maps: the only place that knows folium."""
