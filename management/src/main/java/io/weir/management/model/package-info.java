/** What is shown of a node, as plain values; their JSON is the API's. */
@NullMarked
package io.weir.management.model;

import org.jspecify.annotations.NullMarked;
