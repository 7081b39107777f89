/**
 * The configuration table: side A, side B and the pointer between them ({@link io.weir.memory.map.Sides}). Written by
 * the control processor only ({@link io.weir.memory.configuration.ConfigurationWriter}, on the back-up side), read by
 * every switching processor ({@link io.weir.memory.configuration.ConfigurationReader}, the active side) and by tools
 * that attach read-only ({@link io.weir.memory.configuration.ConfigurationSnapshot}).
 */
@NullMarked
package io.weir.memory.configuration;

import org.jspecify.annotations.NullMarked;
