/**
 * The load agent: measures how busy a back-end server is, from the operating system and from the application, and reports it.
 */
@NullMarked
package io.weir.agent;

import org.jspecify.annotations.NullMarked;
