"""The icon of the shop where it has no logo: the awning of its window, in its colour."""

from web_service.static_files.colors import Color

_ICON = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\
<rect x="4" y="11" width="24" height="18" rx="2" fill="#fff" stroke="{dark}" stroke-width="2"/>\
<path d="M9 25v-6h6v6z" fill="{light}"/><path d="M18 25v-8h5v8z" fill="{dark}"/>\
{stripes}</svg>"""
_STRIPE = '<path d="M{left} 3h7v8a3.5 3.5 0 0 1-7 0z" fill="{fill}"/>'


def icon(color: str) -> str:
    """Return the icon as SVG; ValueError for what is no colour."""
    shop = Color.parse(color)
    dark = shop.moved(lightness=min(shop.lightness, 0.6)).hex
    light = shop.moved(lightness=0.92, chroma=0.4).hex
    stripes = "".join(
        _STRIPE.format(left=2 + 7 * number, fill=(dark, light)[number % 2]) for number in range(4)
    )
    return _ICON.format(dark=dark, light=light, stripes=stripes)
