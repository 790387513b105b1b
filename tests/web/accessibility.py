"""What everyone needs of a page: contrast, names of controls, no sideways scrolling; as a browser has it."""

from __future__ import annotations

from typing import Any

#: Contrast of text (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5

#: Every text that is seen with its contrast to what stands behind it, if that is less than asked for.
_PALE = """(least) => {
    const channel = (value) => (value /= 255, value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const behind = (element) => {
        for (let one = element; one; one = one.parentElement) {
            const colour = parts(getComputedStyle(one).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent.trim();
        const box = element.getBoundingClientRect();
        if (!text || !box.width || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
        if (element.closest(":disabled") || !element.checkVisibility({visibilityProperty: true})) continue;
        const [light, dark] = [luminance(parts(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05);
        if (ratio < least) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
    }
    return found;
}"""  # noqa: E501

#: Controls without a name.
_NAMELESS = """() => {
    const found = [];
    for (const one of document.querySelectorAll("button, a[href], input, select, textarea, [role=slider], [tabindex='0']")) {
        if (!one.checkVisibility({visibilityProperty: true}) || one.hidden) continue;
        const labels = [...(one.labels ?? [])].map((label) => label.textContent).join("");
        const by = (one.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
        const text = ["INPUT", "SELECT", "TEXTAREA"].includes(one.tagName) ? "" : one.textContent;
        if (!(one.getAttribute("aria-label") || by || labels || text || one.title).trim()) found.push(one.outerHTML.slice(0, 120));
    }
    return found;
}"""  # noqa: E501


def faults(page: Any) -> list[str]:
    """Everything that is wrong with the page as it stands."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [
        *(f"pale, {one}" for one in page.evaluate(_PALE, LEAST_CONTRAST)),
        *(f"without a name, {one}" for one in page.evaluate(_NAMELESS)),
        *([f"scrolls sideways by {wide} pixels"] if wide > 0 else []),
    ]


def faults_everywhere(page: Any) -> list[str]:
    """The same, light and dark, from a phone to a wide screen."""
    found = []
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        for width in (390, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(150)
            found += [f"{colours}, {width}: {fault}" for fault in faults(page)]
    return found
