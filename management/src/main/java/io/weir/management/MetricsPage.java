package io.weir.management;

import io.weir.management.model.NodeSnapshot;

final class MetricsPage {
    static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    static final String OPEN_METRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private MetricsPage() {}

    static byte[] text(NodeSnapshot snapshot) {
        return new byte[0];
    }

    static byte[] openMetrics(NodeSnapshot snapshot) {
        return new byte[0];
    }
}
