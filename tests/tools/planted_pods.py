"""Mistakes in pods, one for each thing that a rule looks at: each must be seen."""

from typing import Any

from tests.tools.manifests import Manifests
from tools.k8s import core, hardening, links, scaling, serving
from tools.k8s.checking import Rule, anything

Plant = tuple[Rule, str, Any]
"""The rule, the expected finding, and the mistake."""


def security(plant: dict[str, Any], name: str = "router") -> Any:
    """Change a container's security context."""
    return lambda m: m.container(name)["securityContext"].update(plant)


def pod(plant: dict[str, Any], name: str = "router") -> Any:
    """Change what pods are."""
    return lambda m: m.pod(name).update(plant)


def container(plant: dict[str, Any], name: str = "router") -> Any:
    """Change a container."""
    return lambda m: m.container(name).update(plant)


def spec(kind: str, name: str, plant: dict[str, Any]) -> Any:
    """Change what an object wants."""
    return lambda m: m.spec(kind, name).update(plant)


def _twice(m: Manifests) -> None:
    m.objects.append(m.get("Service", "intake"))


def _few(m: Manifests) -> None:
    del m.objects[20:]


def _without_version(m: Manifests) -> None:
    labels = m.get("Namespace", "mailbox")["metadata"]["labels"]
    del labels["pod-security.kubernetes.io/enforce-version"]


def _from_environment(m: Manifests) -> None:
    reference = {"secretKeyRef": {"name": "kafka-router", "key": "password"}}
    m.container("router")["env"] = [{"name": "MAILBOX_KAFKA_PASSWORD", "valueFrom": reference}]


def _all_from_environment(m: Manifests) -> None:
    m.container("router")["envFrom"].append({"secretRef": {"name": "kafka-router"}})


def probe(name: str, **plant: Any) -> Any:
    """Change a probe's request."""
    return lambda m: m.container("router")[name]["httpGet"].update(plant)


def _on_one_host(m: Manifests) -> None:
    del m.pod("router")["topologySpreadConstraints"][1]


def _counts_drained_hosts(m: Manifests) -> None:
    del m.pod("router")["topologySpreadConstraints"][1]["nodeTaintsPolicy"]


def _spread_of_others(m: Manifests) -> None:
    for one in m.pod("router")["topologySpreadConstraints"]:
        one["labelSelector"]["matchLabels"] = {"app": "other"}


def _no_sleep(m: Manifests) -> None:
    del m.container("router")["lifecycle"]


def _misspelt(m: Manifests) -> None:
    m.pod("router")["terminationGracePeriodSecond"] = 60


def _no_version(m: Manifests) -> None:
    m.get("PodDisruptionBudget", "router")["apiVersion"] = "policy/v1beta1"


def _other_pods(m: Manifests) -> None:
    m.spec("Deployment", "router")["selector"]["matchLabels"] = {"app": "other"}


def _mount_without_volume(m: Manifests) -> None:
    m.container("router")["volumeMounts"].append({"name": "gone", "mountPath": "/gone"})


def secret(name: str, **plant: Any) -> Any:
    """Change a secret's volume of the router."""

    def change(m: Manifests) -> None:
        [volume] = [one for one in m.pod("router")["volumes"] if one["name"] == name]
        volume["secret"].update(plant)

    return change


def _other_key(m: Manifests) -> None:
    [volume] = [one for one in m.pod("router")["volumes"] if one["name"] == "secrets"]
    volume["projected"]["sources"][0]["secret"]["items"][0]["key"] = "passwort"


def _replicas_too(m: Manifests) -> None:
    m.spec("Deployment", "router")["replicas"] = 2


def _second_scaler(m: Manifests) -> None:
    m.spec("HorizontalPodAutoscaler", "intake")["scaleTargetRef"]["name"] = "router"


PLANTS: list[Plant] = [
    (anything, "Service/intake: is there twice", _twice),
    (anything, "only 20 objects", _few),
    (core.core, "terminationGracePeriodSecond", _misspelt),
    (core.core, "knows no policy/v1beta1 PodDisruptionBudget", _no_version),
    (core.core, "replicas", spec("Deployment", "router", {"replicas": "two"})),
    (hardening.namespaces, "does not enforce the restricted profile", _without_version),
    (
        hardening.pods,
        "may run as root",
        lambda m: m.pod("router")["securityContext"].pop("runAsUser"),
    ),
    (
        hardening.pods,
        "may run as root",
        lambda m: m.pod("router")["securityContext"].update(runAsNonRoot=False),
    ),
    (
        hardening.pods,
        "has no seccomp profile",
        lambda m: m.pod("topics", "Job")["securityContext"].pop("seccompProfile"),
    ),
    (hardening.pods, "has a token", pod({"automountServiceAccountToken": True})),
    (hardening.pods, "reaches into its host", pod({"hostNetwork": True})),
    (
        hardening.pods,
        "reaches into its host",
        lambda m: m.pod("router")["volumes"].append({"name": "etc", "hostPath": {"path": "/etc"}}),
    ),
    (hardening.containers, "may gain rights", security({"allowPrivilegeEscalation": True})),
    (hardening.containers, "may gain rights", security({"privileged": True})),
    (hardening.containers, "keeps capabilities", security({"capabilities": {}})),
    (
        hardening.containers,
        "keeps capabilities",
        security({"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}),
    ),
    (hardening.containers, "can write to its root", security({"readOnlyRootFilesystem": False})),
    (hardening.containers, "may run as root", security({"runAsUser": 0})),
    (
        hardening.containers,
        "has no limits",
        lambda m: m.container("router")["resources"].pop("limits"),
    ),
    (
        hardening.containers,
        "has no requests",
        lambda m: m.container("router")["resources"]["requests"].pop("memory"),
    ),
    (
        hardening.containers,
        "neither tag nor digest",
        container({"image": "r.example.org:5000/router"}),
    ),
    (hardening.containers, "neither tag nor digest", container({"image": "router:latest"})),
    (
        hardening.pinned_images,
        "not named by digest",
        container({"image": "r.example.org/mailbox-router:0.1.0"}),
    ),
    (
        hardening.pinned_images,
        "not named by digest",
        container({"image": "r.example.org/mailbox-router@sha256:beef"}),
    ),
    (hardening.secrets_are_files, "stands in the environment", _from_environment),
    (hardening.secrets_are_files, "stands in the environment", _all_from_environment),
    (serving.probes, "startupProbe does not ask /health/started", probe("startupProbe", path="/")),
    (
        serving.probes,
        "livenessProbe does not ask",
        lambda m: m.container("router").pop("livenessProbe"),
    ),
    (serving.probes, "readinessProbe does not ask", probe("readinessProbe", path="/health/live")),
    (serving.probes, "asks a port that is not there", probe("livenessProbe", port="web")),
    (serving.draining, "does not wait until nobody sends", _no_sleep),
    (serving.draining, "too little", pod({"terminationGracePeriodSeconds": 10})),
    (
        serving.spread,
        "counts hosts that are being drained",
        _counts_drained_hosts,
    ),
    (serving.spread, "may stand on one host", _on_one_host),
    (serving.spread, "not spread over zones", _spread_of_others),
    (serving.budgets, "0 disruption budgets", lambda m: m.drop("PodDisruptionBudget", "router")),
    (
        serving.budgets,
        "PodDisruptionBudget/router: selects nothing",
        spec("PodDisruptionBudget", "router", {"selector": {"matchLabels": {"app": "other"}}}),
    ),
    (
        serving.budgets,
        "exactly one pod",
        spec("PodDisruptionBudget", "router", {"maxUnavailable": 2}),
    ),
    (
        serving.budgets,
        "keeps broken pods",
        lambda m: m.spec("PodDisruptionBudget", "router").pop("unhealthyPodEvictionPolicy"),
    ),
    (
        links.services,
        "takes 0 Deployments",
        spec("Service", "router", {"selector": {"app": "other"}}),
    ),
    (
        links.services,
        "targetPort web is not there",
        lambda m: m.spec("Service", "router")["ports"][0].update(targetPort="web"),
    ),
    (links.deployments, "has no Service", lambda m: m.drop("Service", "router")),
    (links.deployments, "does not take its own pods", _other_pods),
    (
        links.deployments,
        "is scraped by no PodMonitor",
        lambda m: m.spec("PodMonitor", "mailbox")["podMetricsEndpoints"][0].update(port="metrics"),
    ),
    (links.accounts, "service account is not there", lambda m: m.drop("ServiceAccount", "router")),
    (links.configuration, "is not there", lambda m: m.drop("ConfigMap", "mailbox-settings")),
    (links.mounts, "volume gone is not both", _mount_without_volume),
    (links.mounts, "secret router-kyes has no", secret("keys", secretName="router-kyes")),
    (links.mounts, "secret kafka-router has no passwort", _other_key),
    (
        links.routes,
        "leads to archive",
        lambda m: m.spec("HTTPRoute", "router")["rules"][0]["backendRefs"][0].update(
            name="archive"
        ),
    ),
    (
        links.routes,
        "opens /metrics to everybody",
        lambda m: m.spec("HTTPRoute", "router")["rules"][0]["matches"][0]["path"].update(
            value="/metrics"
        ),
    ),
    (
        links.routes,
        "opens / to everybody",
        lambda m: m.spec("HTTPRoute", "router")["rules"][0].pop("matches"),
    ),
    (scaling.one_scaler, "beside its scaler", _replicas_too),
    (scaling.one_scaler, "Deployment/router: 2 scalers", _second_scaler),
    (scaling.one_scaler, "router is not there", lambda m: m.drop("Deployment", "router")),
    (scaling.bounds, "from 0 to 6", spec("ScaledObject", "router", {"minReplicaCount": 0})),
    (scaling.bounds, "from 2 to 9", spec("HorizontalPodAutoscaler", "intake", {"maxReplicas": 9})),
]
