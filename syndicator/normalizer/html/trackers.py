"""Recognise and remove trackers and share bars in sanitized HTML.

Trackers are known by shape (an image of one pixel) and by address: hosts and paths that only count
readers. Share bars are known by the classes that share plugins write. A picture that merely stands
on a big host is left alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from syndicator.normalizer.html import tags

# Hosts that only count readers, by their last two or three labels.
_SITES = """
    feedsportal.com doubleclick.net google-analytics.com googletagmanager.com
    scorecardresearch.com quantserve.com 2o7.net omtrdc.net imrworldwide.com gemius.pl
    amazon-adsystem.com statcounter.com linkwithin.com newrelic.com hit.ua histats.com
    chartbeat.net chartbeat.com parsely.com mathtag.com adsafeprotected.com adnxs.com demdex.net
    everesttech.net rlcdn.com bluekai.com krxd.net crwdcntrl.net moatads.com exelator.com
    clicky.com getclicky.com mixpanel.com segment.io hotjar.com yadro.ru clustrmaps.com
    sitemeter.com extreme-dm.com webtrends.com xiti.com ioam.de vgwort.de etracker.de
    etracker.com counter.yadro.ru counter.theconversation.com counter.theconversation.edu.au
    stats.wp.com pixel.wp.com stats.wordpress.com pixel.wordpress.com mc.yandex.ru
    ad.yieldmanager.com api.flattr.com t.co.uk trk.email
"""
_BEACON_SITES = frozenset(_SITES.split())
_BEACON_PATH = re.compile(
    r"/(?:~(?:r|ff|a|at|4)/"  # FeedBurner: ~r counts views, ~ff flares, ~a and ~at advertise
    r"|1\.0/(?:comments|go[a-z]+|delicious|stumble|digg|reddit|twitter|facebook)/"  # feeds.wordpress.com
    r"|tr(?:$|[?/])"  # facebook.com
    r"|_/stat\b|tracker/\d|e/ir\b|__ptq\.gif|track/open|b/ss/)"
)
_PIXEL_PATH = re.compile(r"[^?]*(?:/tracking/[^/?]*pixel|republication-tracker-tool)")
_FILES = """
    piwik.php matomo.php open.php open.aspx open.gif track.php track.aspx track.gif tracking.php
    tracking.gif pixel.php pixel.gif pixel.png beacon.gif 1x1.gif 1x1.png spacer.gif blank.gif
    clear.gif transparent.gif
"""
_BEACON_FILES = frozenset(_FILES.split())
_PARTS = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:]*)[^/?#]*((?:[^?#]*/)?([^/?#]*)[^#]*)")
_TINY = re.compile(r"\s*0*[01](?:\.0*)?(?:px)?\s*")
_HIDDEN = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden"
    r"|(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:!important\s*)?(?:;|$))",
    re.IGNORECASE,
)

# Classes of the wrappers that share plugins, FeedBurner and mail forms write around buttons.
_BAR_NAMES = """
    feedflare sharedaddy sd-sharing sd-sharing-enabled sd-block sd-like sd-social
    jp-sharing-input-touch addtoany_share_save_container addtoany_content addtoany_shortcode
    addtoany_list a2a_kit a2a_dd addthis_toolbox addthis_button addthis_inline_share_toolbox
    addthis_sharing_toolbox at-share-btn-elements social-share social-sharing
    social-share-buttons social-buttons share-buttons share-bar sharebar sharing-buttons
    share-links post-share post-sharing entry-share entry-sharing article-share essb_links
    heateor_sss_sharing_container heateor_sss_sharing_ul the_champ_sharing_container
    sassy_social_share ssba ssba-wrap ssbp-wrap mashsb-container mashsb-box swp_social_panel
    nc_socialPanel simplesocialbuttons simplesocial-buttons shariff wp-socializer wpsr-buttons
    shareaholic-canvas shareaholic-share-buttons-container novashare-buttons monarch-share
    et_social_inline et_social_networks apss-social-share dpsp-content-wrapper
    dpsp-networks-btns-share synved-social-container getsocial sfsi_responsive_icons
    sfsiplus_Sicons Sfsi_Sicons sfsi_Sicons fb-like fb-share-button twitter-share-button
    tweetmeme_button share-post share_post socialmediaicons jetpack-likes-widget-wrapper
    wp-block-jetpack-sharing-buttons wp-block-jetpack-like wp-block-outermost-social-sharing
    linkwithin_div linkwithin_hook wpcnt wpa mobile-subscribe subscribe-form newsletter-signup
    subscription-widget subscription-widget-wrap subscription-widget-wrap-editor pencraft-share
    printfriendly pf-content-button sociable sociable_tagline bookmarkify wp_plus_one_button
    dd_post_share blogger-share rss-share-buttons rss_share
"""
BARS = frozenset(_BAR_NAMES.split())
# Start tags with a mark of ours (allowlist.MARKS).
BAR = re.compile(r'<([a-z][a-z0-9]*+)(?>(?: [^<>]*?)? data-bar="")[^<>]*+>')
HIDDEN_ELEMENT = re.compile(r'<([a-z][a-z0-9]*+)(?>(?: [^<>]*?)? data-hidden="")[^<>]*+>')


def is_beacon(address: str) -> bool:
    """Tell whether an address only counts readers.

    >>> is_beacon("http://feeds.feedburner.com/~r/Site/~4/abc")
    True
    >>> is_beacon("https://i0.wp.com/site/photo.jpg")
    False
    """
    if (match := _PARTS.match(address)) is None:
        return False
    host, path, file = match.groups()
    return (
        file in _BEACON_FILES
        or _only_counts(host)
        or _BEACON_PATH.match(path) is not None
        or ("track" in path and _PIXEL_PATH.match(path) is not None)
    )


@lru_cache(maxsize=1024)
def _only_counts(host: str) -> bool:
    labels = host.lower().split(".")
    return not _BEACON_SITES.isdisjoint((".".join(labels[-2:]), ".".join(labels[-3:])))


def is_pixel(image: tags.Attributes) -> bool:
    """Tell whether an image only reports its fetching: one pixel, hidden, or from a beacon.

    >>> is_pixel({"src": "https://a.example/x.png", "width": "1", "height": "1"})
    True
    """
    sizes = (image.get("width", ""), image.get("height", ""))
    return (
        all(map(_TINY.fullmatch, sizes))
        or _HIDDEN.search(image.get("style", "")) is not None
        or is_beacon(image.get("src", ""))
    )
