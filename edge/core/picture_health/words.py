"""What is wrong with a picture and what to do about it, in words: Chinese first."""
# ruff: noqa: RUF001 - Chinese has its own commas

from typing import Final, NamedTuple


class Both(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


WHAT: Final[dict[str, Both]] = {
    "stalled": Both(
        "摄像机 {camera} 已连接，但不再送出画面。",
        "Camera {camera} is connected but sends no pictures.",
    ),
    "frozen": Both(
        "摄像机 {camera} 反复送出同一幅画面，连噪声都不变。",
        "Camera {camera} sends the same picture again and again: not even its noise changes.",
    ),
    "low_frame_rate": Both(
        "摄像机 {camera} 的有效帧率只有平时的 {value:.0%}。",
        "Camera {camera} shows {value:.0%} of its usual number of new pictures a second.",
    ),
    "unrecorded": Both(
        "摄像机 {camera} 的画面有断档，最近 10 秒里 {value:.0%} 没有检查到。",
        "Pictures of camera {camera} are missing: {value:.0%} of the last 10 s were not searched.",
    ),
    "covered": Both(
        "摄像机 {camera} 的镜头被遮挡：平时景物的 {value:.0%} 看不见。",
        "Something covers the lens of camera {camera}: {value:.0%} of its usual view is hidden.",
    ),
    "dark": Both(
        "摄像机 {camera} 的画面过暗：亮度只有平时的 {value:.0%}。",
        "The picture of camera {camera} is dark: {value:.0%} of its usual light.",
    ),
    "over_exposed": Both(
        "摄像机 {camera} 的画面过曝，大片区域发白。",
        "The picture of camera {camera} is over-exposed: large parts of it are white.",
    ),
    "defocused": Both(
        "摄像机 {camera} 失焦：比平时模糊 {value:.1f} 像素（按 1080 行计）。",
        "Camera {camera} is out of focus: {value:.1f} px of blur came to the usual (at 1080 lines).",
    ),
    "moved": Both(
        "摄像机 {camera} 的视角变了：画面移动了宽度的 {value:.1f} %。",
        "Camera {camera} points elsewhere: its picture has moved by {value:.1f} % of its width.",
    ),
    "noisy": Both(
        "摄像机 {camera} 的画面噪点比平时多：标准差增加 {value:.0f} 级灰度。",
        "The picture of camera {camera} is noisy: {value:.0f} grey levels more than usual.",
    ),
    "striped": Both(
        "摄像机 {camera} 的画面有条纹干扰，幅度 {value:.0f} 级灰度。",
        "Stripes or lines run through the picture of camera {camera}: {value:.0f} grey levels strong.",
    ),
    "colour_cast": Both(
        "摄像机 {camera} 的画面偏色，偏移 {value:.0f} 级。",
        "The colours of camera {camera} are off by {value:.0f} levels.",
    ),
    "ir_cut_stuck": Both(
        "摄像机 {camera} 的红外滤光片没有切换：白天发粉，或夜里仍是彩色。",
        "The infrared filter of camera {camera} does not move: pink by day, or in colour at night.",
    ),
    "soiled": Both(
        "摄像机 {camera} 的镜头脏污或结网：{value:.0%} 的景物变得模糊。",
        "The lens of camera {camera} is soiled or webbed: {value:.0%} of the view is veiled.",
    ),
    "unstable": Both(
        "摄像机 {camera} 的故障“{about}”时有时无，一小时内 {value:.0f} 次。",
        "The fault '{about}' of camera {camera} comes and goes: {value:.0f} times within an hour.",
    ),
}

ADVICE: Final[dict[str, Both]] = {
    "stalled": Both(
        "检查网络与交换机端口，必要时重启摄像机。",
        "Check the network and the switch's port; restart the camera.",
    ),
    "frozen": Both(
        "重启摄像机或其编码器；画面恢复前不要相信它。",
        "Restart the camera or its encoder; trust nothing it shows until it moves again.",
    ),
    "low_frame_rate": Both(
        "检查码流设置、曝光时间与网络丢包。",
        "Check the stream's settings, the exposure time and the network for losses.",
    ),
    "unrecorded": Both(
        "检查边缘盒是否过载、码流帧率与网络丢包；补上之前这里不算被监看。",
        "Check the box's load, the stream's frame rate and the network; nothing counts as watched meanwhile.",
    ),
    "covered": Both(
        "到现场查看镜头前有什么；如是人为遮挡，请报告保安。",
        "Look at the lens on the spot; if somebody covered it, tell security.",
    ),
    "dark": Both(
        "检查补光灯、光圈与曝光设置，以及镜头是否被挡。",
        "Check lamp, iris and exposure settings, and whether something is before the lens.",
    ),
    "over_exposed": Both(
        "检查曝光、光圈与逆光设置，以及是否有灯直射镜头。",
        "Check exposure, iris and backlight settings, and whether a lamp shines into the lens.",
    ),
    "defocused": Both(
        "重新调焦；检查镜头是否起雾或松动。", "Focus the lens again; see whether it is fogged or loose."
    ),
    "moved": Both(
        "按缩略图复位支架；若新视角是有意的，请删除该摄像机的参考文件并重新标定。",
        "Set the bracket back; if the new view is meant, delete the camera's reference and calibrate again.",
    ),
    "noisy": Both(
        "检查补光、增益设置与供电；持续出现说明传感器老化。",
        "Check light, gain and power supply; if it stays, the sensor is failing.",
    ),
    "striped": Both(
        "检查供电、接地与线缆屏蔽，以及附近的灯具和电机。",
        "Check power, earth and the cable's shield, and lamps and motors near by.",
    ),
    "colour_cast": Both(
        "检查白平衡设置与镜头前的有色灯光。", "Check the white balance, and coloured light before the lens."
    ),
    "ir_cut_stuck": Both(
        "手动切换日夜模式；若滤光片不动，请更换摄像机。",
        "Switch between day and night by hand; if the filter does not move, replace the camera.",
    ),
    "soiled": Both("清洁镜头罩，清除蛛网。", "Clean the dome or glass; remove webs."),
    "unstable": Both(
        "检查供电与接头：时好时坏多半是接触不良。",
        "Check supply and connectors: what comes and goes is mostly a loose contact.",
    ),
}


def what(fault: str, camera: str, value: float | None, about: str = "") -> Both:
    """What is wrong, and where. about: the fault that comes and goes, of `unstable`."""
    filled = {"camera": camera, "value": 0.0 if value is None else value, "about": about}
    return Both(*(text.format_map(filled) for text in WHAT[fault]))
