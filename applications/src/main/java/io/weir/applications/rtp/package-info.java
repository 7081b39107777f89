/**
 * The RTP media relay for Internet telephony: media of a call goes through two port pairs of the relay, one for each side, and
 * each side sends to where the other's packets come from.
 *
 * <p>{@link io.weir.applications.rtp.RtpRelay} runs on each switching processor, {@link io.weir.applications.rtp.RtpControl}
 * answers the API; they meet in the {@link io.weir.applications.rtp.SessionTable}.
 */
@NullMarked
package io.weir.applications.rtp;

import org.jspecify.annotations.NullMarked;
