/**
 * Ways to spread connections over unequal servers, compared in virtual time: seeded and without floating-point functions
 * that may differ between machines, so that every run gives the same figures.
 */
@NullMarked
package io.weir.node.simulation;

import org.jspecify.annotations.NullMarked;
