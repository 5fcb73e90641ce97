/**
 * What each kind of fault is called, what it means, what its figure measures and what to check first. Kinds that stand
 * here are those of the cloud and of the devices' own checks; a profile may add others, whose words come with them.
 */

import { nameOf } from "../lib/i18n.js";

/** @typedef {import("../lib/types.js").Name} Name */
/** @typedef {{name: Name, what: Name, measured?: Name, checks: Name[]}} KindWords */

const LENS = { zh: "看镜头和护罩：灰尘、水珠、蛛网，擦干净", en: "Look at lens and housing: dust, drops, webs; clean them" };
const AIM = { zh: "支架螺丝是否松动，有没有人碰过", en: "Are the bracket's screws loose, has somebody touched it" };
const CABLE = { zh: "网线、水晶头和交换机端口，换一根试试", en: "Cable, plug and switch port; try another cable" };
const RESTART_CAMERA = { zh: "摄像机断电重启一次，记下时间", en: "Restart the camera by its power once, note the time" };
const CAMERA_PAGE = { zh: "在摄像机网页上看同一路画面，是不是也这样", en: "See the same picture on the camera's own page: is it so there" };

/** @type {Record<string, KindWords>} */
const KINDS = {
  camera_lost: {
    name: { zh: "断流", en: "picture lost" },
    what: { zh: "收不到这路摄像机的画面", en: "No picture comes from this camera" },
    checks: [
      { zh: "摄像机的供电和网线，交换机端口灯亮不亮", en: "Power and cable of the camera, the light at its switch port" },
      { zh: "能否 ping 通摄像机，账号密码是否改过", en: "Does the camera answer a ping; was its password changed" },
      { zh: "同一交换机的其他摄像机是否也断了", en: "Have other cameras of the same switch gone too" },
    ],
  },
  agent_offline: {
    name: { zh: "边缘盒离线", en: "edge box offline" },
    what: { zh: "边缘盒没有和云端联系", en: "The edge box does not speak to the cloud" },
    checks: [
      { zh: "机柜的电：UPS、空开、电源灯", en: "Power of the cabinet: UPS, breaker, lamps" },
      { zh: "机柜的网：上联光纤、路由器", en: "Network of the cabinet: uplink, router" },
      { zh: "盒子通电仍离线：重启一次，记下时间", en: "Powered and still offline: restart it once, note the time" },
    ],
  },
  supply_lost: {
    name: { zh: "供电或网络中断", en: "power or network gone" },
    what: { zh: "挂在它下面的设备同时断了，它自己没有消息", en: "What hangs on it fell silent together; it says nothing itself" },
    checks: [
      { zh: "到现场看电源灯：空开、插座、UPS", en: "See its power lamp on site: breaker, socket, UPS" },
      { zh: "有电就看上联网线、光纤和光模块", en: "Powered: look at the uplink's cable, fibre and module" },
      { zh: "通电仍不通：重启一次，记下时间", en: "Powered and still silent: restart it once, note the time" },
    ],
  },
  evidence_damaged: {
    name: { zh: "证据录像损坏或丢失", en: "evidence damaged or missing" },
    what: { zh: "巡检时，有录像不在证据库里，或已不是当初封存的内容", en: "A check found clips gone from the evidence store, or no longer what was sealed" },
    measured: { zh: "受损录像", en: "damaged clips" },
    checks: [
      { zh: "先不要动证据库；查谁、何时碰过存储", en: "Touch nothing in the store yet; find out who touched it, and when" },
      { zh: "运行 fallwatch cloud evidence check，看是哪几段", en: "fallwatch cloud evidence check names the clips" },
      { zh: "从备份恢复这几段，再查一次", en: "Bring these clips back from the backup, check again" },
      { zh: "密钥丢失：找回 evidence.keys 里的主密钥", en: "Locked: find the master key of evidence.keys" },
    ],
  },
  chattering: {
    name: { zh: "反复掉线", en: "comes and goes" },
    what: { zh: "一小时内掉线四次以上，稳定一小时前不再逐次通知", en: "Gone four times or more in an hour; no more single reports until it has kept still for an hour" },
    checks: [{ zh: "多半是接触不良：水晶头、供电不足、无线信号弱", en: "Mostly a loose plug, too little power or a weak radio link" }, CABLE],
  },
  lost: {
    name: { zh: "断流", en: "picture lost" },
    what: { zh: "收不到这路摄像机的画面", en: "No picture comes from this camera" },
    measured: { zh: "没有画面", en: "without a picture" },
    checks: [
      { zh: "摄像机的供电和网线，交换机端口灯亮不亮", en: "Power and cable of the camera, the light at its switch port" },
      { zh: "能否 ping 通摄像机，账号密码是否改过", en: "Does the camera answer a ping; was its password changed" },
    ],
  },
  stalled: {
    name: { zh: "画面卡住", en: "stream stalled" },
    what: { zh: "连接还在，但不再来新的画面", en: "The connection stands, but no new pictures come" },
    measured: { zh: "多久没有新画面", en: "time without a new picture" },
    checks: [CABLE, { zh: "摄像机的码率是否超过网络带宽", en: "Is the camera's bit rate more than the network carries" }, RESTART_CAMERA],
  },
  frozen: {
    name: { zh: "画面冻结", en: "picture frozen" },
    what: { zh: "画面一直在来，但内容一动不动", en: "Pictures keep coming, but they are all the same one" },
    measured: { zh: "画面的变化", en: "change of the picture" },
    checks: [CAMERA_PAGE, RESTART_CAMERA, { zh: "重启后又冻结：升级固件或换摄像机", en: "Frozen again after that: newer firmware, or another camera" }],
  },
  dark: {
    name: { zh: "画面太暗", en: "picture dark" },
    what: { zh: "画面比这个时候平时暗得多", en: "The picture is much darker than usual at this time" },
    measured: { zh: "亮度", en: "brightness" },
    checks: [{ zh: "夜里：补光灯亮不亮，楼下路灯是否坏了", en: "At night: does its lamp burn, are the street lamps out" }, LENS, CAMERA_PAGE],
  },
  over_exposed: {
    name: { zh: "画面过曝", en: "picture over-exposed" },
    what: { zh: "画面大片发白，看不清", en: "Large parts of the picture are burnt out" },
    measured: { zh: "亮度", en: "brightness" },
    checks: [{ zh: "有没有新的灯直射镜头", en: "Does a new lamp shine into the lens" }, { zh: "摄像机的曝光和宽动态设置", en: "Exposure and wide dynamic range in the camera's settings" }],
  },
  covered: {
    name: { zh: "镜头被遮挡", en: "lens covered" },
    what: { zh: "有东西挡住了镜头的大部分", en: "Something stands before most of the lens" },
    measured: { zh: "看得见的细节", en: "visible detail" },
    checks: [{ zh: "看证据画面：布、袋子、树枝、衣物", en: "See the picture: cloth, a bag, branches, washing" }, { zh: "拿开遮挡物；有人故意遮挡就记下来", en: "Take it away; note it if somebody did it on purpose" }],
  },
  defocused: {
    name: { zh: "画面失焦", en: "picture out of focus" },
    what: { zh: "画面变模糊了", en: "The picture has become blurred" },
    measured: { zh: "清晰度", en: "sharpness" },
    checks: [LENS, { zh: "在摄像机网页上重新对焦", en: "Focus again on the camera's own page" }, { zh: "护罩里是否起雾", en: "Is there mist in the housing" }],
  },
  moved: {
    name: { zh: "镜头移位", en: "camera moved" },
    what: { zh: "摄像机不再对着原来的地方，楼层会算错", en: "The camera no longer looks where it did; floors would be told wrongly" },
    measured: { zh: "偏移", en: "shift" },
    checks: [AIM, { zh: "对照参考画面转回原位", en: "Turn it back to its reference picture" }, { zh: "转不回去：重新标定", en: "Where that cannot be: calibrate it again" }],
  },
  noisy: {
    name: { zh: "画面噪点多", en: "picture noisy" },
    what: { zh: "噪点比平时多得多", en: "There is much more noise than usual" },
    measured: { zh: "噪声", en: "noise" },
    checks: [{ zh: "夜里：补光灯亮不亮", en: "At night: does its lamp burn" }, { zh: "摄像机供电电压是否偏低", en: "Is the camera's supply voltage low" }, CAMERA_PAGE],
  },
  striped: {
    name: { zh: "画面有条纹", en: "stripes in the picture" },
    what: { zh: "画面上有规则的条纹或干扰", en: "Regular stripes or interference lie over the picture" },
    measured: { zh: "条纹强度", en: "strength of the stripes" },
    checks: [{ zh: "供电和接地，旁边有没有新的电机、变频器", en: "Supply and earth; is there a new motor or inverter near it" }, { zh: "防闪烁设为 50 Hz", en: "Set anti-flicker to 50 Hz" }, RESTART_CAMERA],
  },
  colour_cast: {
    name: { zh: "画面偏色", en: "colour cast" },
    what: { zh: "整个画面偏向一种颜色", en: "The whole picture leans to one colour" },
    measured: { zh: "偏色", en: "colour cast" },
    checks: [{ zh: "白平衡设置", en: "White balance in the camera's settings" }, { zh: "红外滤片是否卡住", en: "Is the infra-red filter stuck" }],
  },
  low_frame_rate: {
    name: { zh: "帧率低", en: "low frame rate" },
    what: { zh: "每秒的画面太少，会漏掉坠物", en: "Too few pictures a second: falls may be missed" },
    measured: { zh: "帧率", en: "frame rate" },
    checks: [{ zh: "摄像机的帧率和慢快门设置", en: "Frame rate and slow shutter in the camera's settings" }, CABLE],
  },
  unrecorded: {
    name: { zh: "没有监看记录", en: "nothing recorded" },
    what: { zh: "画面在来，但断断续续或来不及检查：这段时间不算被监看", en: "Pictures come, but with gaps or faster than the box searches them: this time does not count as watched" },
    measured: { zh: "最近 10 秒漏掉的部分", en: "missed of the last 10 s" },
    checks: [{ zh: "盒子是否过载：路数、CPU、温度", en: "Is the box overloaded: cameras, CPU, temperature" }, { zh: "摄像机的帧率和慢快门设置", en: "Frame rate and slow shutter in the camera's settings" }, CABLE],
  },
  ir_cut_stuck: {
    name: { zh: "红外滤片卡住", en: "IR filter stuck" },
    what: { zh: "白天黑夜没有切换：白天偏红，或夜里没有红外", en: "It did not switch between day and night: reddish by day, or no infra-red at night" },
    measured: { zh: "颜色", en: "colour" },
    checks: [{ zh: "在摄像机网页上手动切换日夜，听有没有咔哒声", en: "Switch day and night by hand on the camera's page and listen for the click" }, RESTART_CAMERA],
  },
  soiled: {
    name: { zh: "镜头脏污", en: "lens soiled" },
    what: { zh: "镜头上有脏东西、水珠或蛛网", en: "Dirt, drops or a web are on the lens" },
    measured: { zh: "脏污的面积", en: "soiled share" },
    checks: [LENS],
  },
  unstable: {
    name: { zh: "时好时坏", en: "unstable" },
    what: { zh: "同一个故障反复出现又消失", en: "The same fault keeps coming and going" },
    measured: { zh: "次数", en: "times" },
    checks: [{ zh: "多半是接触不良：插头、电源、接地", en: "Mostly a loose contact: plugs, supply, earth" }, CABLE],
  },
  wrong_password: {
    name: { zh: "密码不对", en: "wrong password" },
    what: { zh: "摄像机拒绝了账号密码；为免被锁，盒子放慢了重试", en: "The camera refuses name and password; the box tries rarely so as not to be locked out" },
    checks: [{ zh: "账号密码是否改过，改盒子的设置", en: "Was the password changed? Change it in the box's settings" }, { zh: "账号是否被摄像机锁定，等锁定时间过去", en: "Has the camera locked the account? Wait until that is over" }],
  },
  worker_crashing: {
    name: { zh: "程序反复崩溃", en: "program keeps crashing" },
    what: { zh: "看这路摄像机的程序一再崩溃，其他摄像机照常", en: "The program that watches this camera crashes again and again; the others go on" },
    measured: { zh: "崩溃次数", en: "crashes" },
    checks: [{ zh: "摄像机的编码设置最近是否改过", en: "Were the camera's encoding settings changed lately" }, { zh: "把盒子的日志发给我们", en: "Send us the box's log" }],
  },
  disk_full: {
    name: { zh: "磁盘快满", en: "disk nearly full" },
    what: { zh: "盒子的磁盘快满了：先丢遥测，报警和视频留着", en: "The box's disk is nearly full: telemetry goes first, alarms and clips are kept" },
    measured: { zh: "剩余空间", en: "space left" },
    checks: [{ zh: "上联是否断了很久：联上后会自己清空", en: "Has the uplink been away for long? It empties by itself once it is back" }, { zh: "盒子上有没有别的大文件", en: "Are there other large files on the box" }],
  },
  clock_untrusted: {
    name: { zh: "时钟不可信", en: "clock not trusted" },
    what: { zh: "盒子不知道准确时间，报警的时间可能不对", en: "The box does not know the time well: times of alarms may be wrong" },
    measured: { zh: "时钟偏差", en: "clock error" },
    checks: [{ zh: "能否访问时间服务器（NTP，UDP 123）", en: "Does it reach its time server (NTP, UDP 123)" }, { zh: "主板纽扣电池", en: "The board's button cell" }],
  },
  camera_clock_off: {
    name: { zh: "摄像机时钟不准", en: "camera's clock is off" },
    what: { zh: "摄像机自己的时钟偏了；报警用盒子的时间，不受影响", en: "The camera's own clock is off; alarms use the box's time and are not affected" },
    measured: { zh: "时钟偏差", en: "clock error" },
    checks: [{ zh: "把摄像机的时间服务器设为盒子或路由器", en: "Set the camera's time server to the box or the router" }],
  },
  firmware_mismatch: {
    name: { zh: "固件版本不符", en: "firmware not as wanted" },
    what: { zh: "设备的固件不是配置档要求的版本", en: "The device does not run the firmware that its profile wants" },
    checks: [{ zh: "约好时间升级，升级时这台设备会停一会儿", en: "Agree on a time to upgrade; the device is away meanwhile" }, { zh: "新版本已试过：改配置档的要求", en: "If the newer one has been tried: change what the profile wants" }],
  },
};

/** @typedef {Pick<import("../lib/types.js").Fault, "kind" | "what" | "advice">} Told */

/** What it is called; a kind that only its device knows, by the device's words. @param {Told} fault */
export function kindName(fault) {
  return nameOf(KINDS[fault.kind]?.name ?? fault.what ?? plain(fault.kind));
}

/** Whether a kind has words here. @param {string} kind */
export function knowsKind(kind) {
  return kind in KINDS;
}

/** The name of a kind that nothing else is known of. @param {string} kind */
export function nameOfKind(kind) {
  return nameOf(KINDS[kind]?.name ?? plain(kind));
}

/** What is wrong, in a sentence. @param {Told} fault */
export function whatIsWrong(fault) {
  return nameOf(KINDS[fault.kind]?.what ?? fault.what ?? plain(fault.kind));
}

/** What the device says beyond what the page says already. @param {Told} fault */
export function saidBesides(fault) {
  return fault.what !== null && fault.kind in KINDS ? nameOf(fault.what) : "";
}

/** What its figure measures; "" where nobody says. @param {Told} fault */
export function measuredName(fault) {
  const measured = KINDS[fault.kind]?.measured;
  return measured ? nameOf(measured) : "";
}

/** What to check, in order. @param {Told} fault */
export function checksOf(fault) {
  return (KINDS[fault.kind]?.checks ?? (fault.advice ? [fault.advice] : [])).map(nameOf);
}

/** A name that nobody has words for. @param {string} kind @returns {Name} */
function plain(kind) {
  return { zh: `其他故障（${kind}）`, en: kind.replaceAll("_", " ") };
}
