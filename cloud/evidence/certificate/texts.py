"""What lies beside a certificate for whoever opens its file first."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from typing import Final

README: Final = """\
高空抛物立面监看履责证明  /  Certificate of how facades were watched

先看 certificate.pdf。First read certificate.pdf.

certificate.pdf   证明书 / the certificate, for people
certificate.json  同样的内容，连同全部原始记录：任何人可以据此重新计算每一个数字
                  / the same with every raw row: anybody can count each figure again
days.json         日志里的日摘要、其原文，及逐日与原始记录核对的结果
                  / the log's digests of each day, what they are of, and whether the rows agree
custody.json      日志中有关警情的条目原文 / the log's entries about the alerts, byte for byte
log/ seal/        日志树头、时间戳、存在证明、签名 / heads of the log, time stamps, proofs, signature
index.json        每个文件的 SHA-256，记入日志 / SHA-256 of every file, entered into the log

核验 / to verify, offline:   fallwatch verify THIS_FILE --anchors FOLDER

核验会用原始记录重新计算全部数字，并逐项比对：改动哪怕一分钟的记录都会被发现。
Verification counts every figure again from the raw rows: a single changed minute is found.

请保留原 ZIP 文件：核验的是它，不是解压后的内容。
Keep the ZIP itself: it is what is verified, not the folder that it unpacks to.
"""
