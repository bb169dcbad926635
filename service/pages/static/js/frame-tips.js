/* Tooltips stay inside of the map: Leaflet puts one above the pointer even where the frame's edge
 * would cut it. One that finds no room above stands below, one at a side moves inward.
 */
"use strict";

(() => {
  const EDGE = 4;
  const BELOW = 18; // clear of the pointer's arrow
  const place = L.Tooltip.prototype._setPosition;
  L.Tooltip.prototype._setPosition = function inside(point) {
    place.call(this, point);
    const map = this._map;
    const box = this._container;
    const [own, room] = [L.DomUtil.getPosition(box), map.getSize()];
    const at = map.layerPointToContainerPoint(own);
    const above = box.classList.contains("leaflet-tooltip-top");
    const x = Math.max(EDGE, Math.min(at.x, room.x - box.offsetWidth - EDGE));
    const lowest = room.y - box.offsetHeight - EDGE;
    let y = above ? at.y : Math.max(EDGE, Math.min(at.y, lowest));
    const turned = above && at.y < EDGE;
    if (turned) y = Math.max(EDGE, Math.min(map.layerPointToContainerPoint(point).y + BELOW, lowest));
    const moved = x !== at.x || y !== at.y;
    box.classList.toggle("moved", moved); // its little arrow would point beside the place
    if (moved) L.DomUtil.setPosition(box, map.containerPointToLayerPoint([x, y]));
  };
})();
