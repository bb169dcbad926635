/* The periods as a line that one moves along, or that plays; without JavaScript it is a list.
 *
 * The list stays the field of the form: the line only chooses in it and says so by a "change".
 */
"use strict";

window.mizanTimeline = (() => {
  const STEP_MS = 900;
  const part = (id) => document.getElementById(id);
  let playing = null; // the run at work, with the timer of its next step

  const stop = () => {
    if (playing === null) return;
    clearTimeout(playing.timer);
    playing = null;
    const button = part("play");
    if (button) { button.textContent = part("timeline").dataset.play; button.setAttribute("aria-pressed", "false"); }
  };

  /* Newest stands first in the list, oldest first on the line. */
  const flip = (list, index) => list.options.length - 1 - index;
  const say = () => {
    const [list, line, when] = [part("period"), part("time"), part("when")];
    const text = list.options[flip(list, Number(line.value))].text;
    line.setAttribute("aria-valuetext", text);
    when.textContent = text;
    return text;
  };
  const choose = (index) => {
    const list = part("period");
    if (list.selectedIndex === flip(list, index)) return;
    list.selectedIndex = flip(list, index);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const setUp = () => {
    const [list, line, when, button] = [part("period"), part("time"), part("when"), part("play")];
    if (!list || list.options.length < 2) return;
    part("period-field").hidden = true;
    [line, when, button].forEach((one) => { one.hidden = false; });
    button.setAttribute("aria-pressed", String(playing !== null));
    if (playing !== null) button.textContent = part("timeline").dataset.pause;
    line.value = String(flip(list, list.selectedIndex));
    say();
  };

  /* What an answer is about stands in its list: list, line and words follow it. */
  const follow = (fresh) => {
    const [list, asked] = [part("period"), fresh.getElementById("period")];
    if (!list || !asked || list.selectedIndex === asked.selectedIndex) return;
    list.selectedIndex = asked.selectedIndex;
    part("time").value = String(flip(list, list.selectedIndex));
    say();
  };
  /* Whether an answer knows other periods than those that the line runs through. */
  const differs = (fresh) => {
    const told = (list) => (list ? [...list.options].map((one) => one.value).join() : "");
    return told(part("period")) !== told(fresh.getElementById("period"));
  };

  /* ``settled`` is awaited before the next step, until the map is drawn: a slow answer makes a slow
   * play, never a heap. */
  const play = async (settled) => {
    const mine = { timer: 0 };
    playing = mine;
    part("play").textContent = part("timeline").dataset.pause;
    part("play").setAttribute("aria-pressed", "true");
    const go = async (place) => {
      part("time").value = String(place);
      const text = say();
      choose(place);
      await settled(text);
    };
    const line = part("time");
    if (Number(line.value) >= Number(line.max)) await go(0);
    while (playing === mine) {
      await new Promise((next) => { mine.timer = setTimeout(next, STEP_MS); });
      const shown = part("time");
      if (playing !== mine) return;
      if (!shown || Number(shown.value) >= Number(shown.max)) stop();
      else await go(Number(shown.value) + 1);
    }
  };

  const listen = (settled) => {
    document.addEventListener("click", (event) => {
      if (!event.target.closest?.("#play")) return;
      if (playing === null) play(settled);
      else stop();
    });
    document.addEventListener("input", (event) => {
      if (event.target.id !== "time") return;
      stop();
      say();
      choose(Number(event.target.value));
    });
  };

  return { setUp, follow, differs, listen, stop };
})();
