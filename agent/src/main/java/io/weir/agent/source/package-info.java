/** What applications say of their load: Prometheus text, nginx' stub_status, and key=value lines of URLs, files and commands. */
@NullMarked
package io.weir.agent.source;

import org.jspecify.annotations.NullMarked;
