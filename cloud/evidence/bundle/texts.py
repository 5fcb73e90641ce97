"""The smaller texts of an evidence file: what to do with it, and the track for programs and spreadsheets."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import json
from datetime import timedelta
from typing import Final

from cloud.core.words import BEIJING
from cloud.evidence.bundle.facts import Facts

README: Final = """\
高空抛物事件证据文件  /  Evidence of an object falling from a building

先看 page.html（用浏览器打开，可打印）。First read page.html, in any browser; it prints on A4.

original/    设备封存的原始视频、签名清单与签名 / the original, with what its device signed
annotated/   标注副本，非原始证据 / ANNOTATED COPY, NOT THE ORIGINAL
track/       轨迹：时间与像素坐标 / the track: times and pixels
sketch.svg   现场示意图 / sketch of the scene
facts.json   page.html 所依据的数据 / what page.html says, for programs
custody.json 保管记录（日志原文） / who did what with it: entries of the log, byte for byte
certificates/ 设备证书、其签发机构（仅供参考，核验时以您自己取得的为准）与导出时的吊销名单
              the device's certificate and its issuer; a verifier uses its own copy of the issuer's;
              and the issuer's list of revoked certificates at the time of the export
log/ seal/   日志树头、时间戳、存在证明 / heads of the log, time stamps, proofs
index.json   每个文件的 SHA-256，记入日志 / SHA-256 of every file, entered into the log

核验 / to verify, offline:   fallwatch verify THIS_FILE --anchors FOLDER

请保留原 ZIP 文件：核验的是它，不是解压后的内容。
Keep the ZIP itself: it is what is verified, not the folder that it unpacks to.
"""


def track_json(facts: Facts) -> bytes:
    """The track with its frame of reference said aloud."""
    content = {
        "frame": {"width_px": facts.frame[0], "height_px": facts.frame[1]},
        "origin_of_coordinates": "top left; x right, y down; pixel centres at whole numbers",
        "t_s_counts_from": facts.message["observed_at"],
        "clip_time_s": "t_s + event_offset_s",
        "event_offset_s": facts.manifest.event_offset_s,
        "points": [{"t_s": t, "x_px": x, "y_px": y} for t, x, y in facts.track],
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def track_csv(facts: Facts) -> bytes:
    """The same, a line for each point."""
    rows = ["t_s,clip_s,time_utc8,x_px,y_px"]
    for t, x, y in facts.track:
        at = (facts.observed_at + timedelta(seconds=t)).astimezone(BEIJING)
        clip_s = t + facts.manifest.event_offset_s
        rows.append(f"{t:.3f},{clip_s:.3f},{at.isoformat(timespec='milliseconds')},{x:.1f},{y:.1f}")
    return ("\n".join(rows) + "\n").encode()
