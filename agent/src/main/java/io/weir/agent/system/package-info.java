/**
 * What the operating system knows of a server's load: CPU, memory and connections, from the files of /proc and of the
 * control group. All files are read below a root folder, which tests replace by captured samples.
 */
@NullMarked
package io.weir.agent.system;

import org.jspecify.annotations.NullMarked;
