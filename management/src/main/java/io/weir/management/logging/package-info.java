/** Where the messages of the HTTP server go: to the logging of the platform, warnings and worse. */
@NullMarked
package io.weir.management.logging;

import org.jspecify.annotations.NullMarked;
