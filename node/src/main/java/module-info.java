/** Composition root and the {@code weir} command line. */
module io.weir.node {
    requires static transitive org.jspecify;
    requires io.weir.linux;
    requires io.weir.wire;
    requires io.weir.application;
    requires io.weir.memory;
    requires io.weir.port;
    requires io.weir.switching;
    requires io.weir.control;
    requires io.weir.agent;
    requires io.weir.management;
    requires io.weir.lab;
    requires info.picocli;
    requires org.jline.terminal;
    requires tools.jackson.databind;

    uses io.weir.application.ApplicationProvider;

    opens io.weir.node to
            info.picocli;
}
