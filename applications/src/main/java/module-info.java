/** The network applications that weir comes with. They see nothing of weir but what any application sees. */
module io.weir.applications {
    requires static transitive org.jspecify;
    requires io.weir.application;

    provides io.weir.application.ApplicationProvider with
            io.weir.applications.dns.DnsProvider,
            io.weir.applications.echo.EchoProvider,
            io.weir.applications.rtp.RtpRelayProvider,
            io.weir.applications.sorry.SorryProvider;
}
