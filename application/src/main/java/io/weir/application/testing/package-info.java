/**
 * A test kit: runs an application without a node, network or privileges. {@link io.weir.application.testing.TestPackets}
 * takes packets as bytes, does what the verbs say, and tells what became of each; it is strict where a node would be lenient.
 *
 * <pre>{@code
 * TestNode node = TestNode.of(new EchoProvider(), Settings.NONE);
 * byte[] hello = "hello".getBytes(UTF_8);
 * TestPackets packets = node.packets().add(IpPacket.udp("192.0.2.1", 4000, "198.51.100.10", 7, hello));
 * node.application().receive(packets);
 * assertThat(packets.answer(0).payload()).asString().isEqualTo("hello");
 * packets.verify();
 * }</pre>
 */
@NullMarked
package io.weir.application.testing;

import org.jspecify.annotations.NullMarked;
