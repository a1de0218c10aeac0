"""Bilingual descriptions of settings whose class says nothing or too little."""

from collections.abc import Mapping

MEANINGS: Mapping[str, str] = {
    "database": "该服务自己的数据库 · the service's own database",
    "deliver_pause_s": "两次查看待发消息之间的秒数 · seconds between two looks",
    "env": "`dev` 放行仅供开发者 · `dev` lets through what is fit for development alone",
    "gateway_timeout_s": "等消息网关的秒数 · seconds that the message gateway may take",
    "http_host": "监听地址；容器内用 `0.0.0.0` · where it listens; in a container `0.0.0.0`",
    "http_port": "监听端口 · the port where it listens",
    "kafka_bootstrap": "Kafka 地址，逗号分隔 · addresses of the brokers, commas between",
    "kafka_cert_file": "客户端证书，PEM · a client certificate, PEM",
    "kafka_heartbeat_ms": "心跳间隔毫秒，至多会话的三分之一 · milliseconds between"
    " heartbeats, at most a third of the session",
    "kafka_idempotent": "生产者幂等，勿关 · producers are idempotent; leave it on",
    "kafka_key_file": "该证书的私钥，PEM · that certificate's private key, PEM",
    "kafka_linger_ms": "攒批毫秒数 · milliseconds that a producer waits for more",
    "kafka_password": "Kafka 密码 · the password at the broker",
    "kafka_sasl_mechanism": "登录机制 · how it signs in at the broker",
    "kafka_security": "生产须为 `SASL_SSL` 或 `SSL` · outside development `SASL_SSL` or `SSL`",
    "kafka_session_ms": "静默多久算离组，毫秒 · silence after which partitions go to another",
    "kafka_username": "Kafka 用户，名同约定 · the user at the broker, as the contract names it",
    "keys_dir": "密钥目录 · the folder of keys, see docs/runbooks/keys.md",
    "log_level": "日志级别；`DEBUG` 也不写信件内容 · how much is logged; never what a letter says",
    "mongo_uri": "数据库连接串 · how the database is reached, with its password",
    "topics_replication": "集群可存的副本数 · how many copies of a topic the cluster can keep",
    "intake_uri": "只读连接串 · how the audit reaches that database, with a user that only reads",
    "router_uri": "同上 · the same for the router's",
    "notifier_uri": "同上 · the same for the notifier's",
    "publisher_uri": "同上 · the same for the publisher's",
    "intake_database": "其数据库名 · the name of that database",
    "router_database": "其数据库名 · the name of that database",
    "notifier_database": "其数据库名 · the name of that database",
    "publisher_database": "其数据库名 · the name of that database",
}
"""By field; other fields are described by their own docstrings."""
