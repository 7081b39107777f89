/** Says sorry over HTTP when nobody else is there to answer: the backup server of a service whose servers are all down. */
@NullMarked
package io.weir.applications.sorry;

import org.jspecify.annotations.NullMarked;
