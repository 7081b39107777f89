/** What a network application on a switching processor is written against; versioned by {@link io.weir.application.SpiVersion}. */
module io.weir.application {
    requires static transitive org.jspecify;

    exports io.weir.application;
    exports io.weir.application.testing;
}
