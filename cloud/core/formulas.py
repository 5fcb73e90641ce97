"""What the ledger's figures mean, in words that travel with every export."""
# ruff: noqa: RUF001 - it speaks Chinese

from typing import Final

FORMULAS: Final = """\
台账指标说明

应在线时间 = 统计区间内、摄像机首次上报之后的时间，减去事先登记的计划检修时间
             （登记晚于检修开始的不扣）。
在线率     = 在线时间 ÷ 应在线时间。摄像机断流、边缘盒离线、首次上报前状态不明都不算在线。
图像完好率 = 图像完好时间 ÷ 在线时间。在线但有“严重”或“紧急”图像故障（失焦、遮挡、冻结、
             过暗等）的时间不算完好；“提醒”级的不扣。
录像完整率 = 有录像的时间 ÷ 应在线时间。边缘盒逐分钟上报真正解码、检测并留在循环缓存里的秒数，
             未上报的分钟按零计。本系统不做全天连续存储，只从循环缓存截取抛落物片段；
             所以这里的“有录像”指“此刻若有抛落物，片段截得出来”。
片段完整率 = 送达、摘要和设备签名都对、前后时长齐全的片段数 ÷ 应有片段的告警数
             （一小时内的仍可能在路上，不计）。
平均接单时间 MTTA = 开单（或重开）到接单的平均时间，只计有人接的。
平均修复时间 MTTR = 开单（或重开）到恢复的平均时间：设备故障以设备自己恢复为准，
                    其余以复核通过的那次完工为准。
按时完成率 = 没有超过期限的 ÷ 全部（作废的不计）。同一设备同类故障七天内再来，算同一工单的又一次。
多台摄像机的指标是时间相加后再除，不是各台比率的平均。

目标值出处：国家发展改革委等九部门《关于加强公共安全视频监控建设联网应用工作的若干意见》
（发改高技〔2015〕996 号）“全时可用”：重点公共区域摄像机完好率 98%，
重点行业、领域涉及公共区域的摄像机完好率 95%。原文只说“完好率”，
哪一项指标用哪个值由本单位设定，见 about.json。

复核办法：fallwatch ledger check 本文件。它只用这里的原始行重新计算，并与 figures.csv 逐项比对。

The ledger's figures

due           the span from a camera's first report on, less maintenance entered before it began
availability  online / due. Not online: the stream is lost, its edge box is offline, or nobody knew yet.
picture       sound / online. Not sound: a serious or critical fault of the picture; warnings do not count.
recording     recorded / due. Each minute the box reports how many seconds it decoded, searched and held in
              the ring from which clips are cut; a minute without a report counts nothing. Nothing is
              recorded all day: "recorded" means that a clip could have been cut.
clips         clips that came whole, with the right digest and signature / falls of which there must be one
              (not those of the last hour, which may be on their way)
mtta          mean time from opening (again) to being taken, of those that were taken
mttr          mean time from opening (again) to restoration: the device was back, or the work was finished
              that a second person approved
on_time       those whose deadline has not passed / all that were not cancelled

Figures of several cameras are sums of time divided, not means of shares. Targets: about.json; their source
is the joint opinion NDRC 发改高技〔2015〕996 号, which asks 98 % and 95 % of cameras to be in order.
"""
