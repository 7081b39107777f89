package io.weir.applications;

/** Two stations of each family of addresses. */
public enum Family {
    IPV4("192.0.2.1", "198.51.100.10"),
    IPV6("2001:db8::1", "2001:db8::10");

    public final String client;
    public final String own;

    Family(String client, String own) {
        this.client = client;
        this.own = own;
    }
}
