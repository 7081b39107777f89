/**
 * Finds network applications: those that are shipped and those in jars, and asks each what it needs. Starts nothing. Knows the
 * configuration and the interface of applications, and nothing else of a node.
 */
@NullMarked
package io.weir.node.application;

import org.jspecify.annotations.NullMarked;
