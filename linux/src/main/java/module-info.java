/** System calls of Linux through {@code java.lang.foreign}: the only module of weir with restricted native access. */
module io.weir.linux {
    requires static transitive org.jspecify;

    exports io.weir.linux;
}
