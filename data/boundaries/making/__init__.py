"""Steps of building the default boundaries of Basra: generalised, not official.

Build-time code only: the product reads the GeoJSON that these steps write.
"""
