package io.weir.agent.report;

/**
 * A report with what orders it among the others of its sender.
 *
 * @param report what it says
 * @param keyId the key that authenticates it, 1..65535
 * @param session random number of the sender's run; a restarted sender takes a new one and may count from 1 again
 * @param sequence number within the session, an unsigned 64-bit number that grows with every report
 * @param timeMs the sender's wall clock, milliseconds since 1970-01-01 UTC
 */
public record ReportDatagram(LoadReport report, int keyId, long session, long sequence, long timeMs) {}
