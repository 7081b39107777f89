package io.weir.management;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites out. A page whose host name was made to resolve to our address (DNS rebinding) sends that name
 * as host: only addresses, {@code localhost} and names that are ours pass. Requests that a browser marks as another
 * site's do not.
 */
final class Origins {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-fA-F:.]+]");
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    private final Set<String> names;

    /**
     * Our names.
     *
     * @param names host names, or {@code *.example.org} for all one level below
     */
    Origins(List<String> names) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Passes a host that is ours or throws. */
    void checkHost(@Nullable String authority) throws ApiException {
        String host = authority == null ? "" : PORT.matcher(authority).replaceFirst("");
        String name = host.toLowerCase(Locale.ROOT);
        boolean isOurs = IPV4.matcher(name).matches()
                || IPV6.matcher(name).matches()
                || name.equals("localhost")
                || names.contains(name)
                || (name.indexOf('.') > 0 && names.contains("*" + name.substring(name.indexOf('.'))));
        if (!isOurs) {
            throw new ApiException(
                    403,
                    "the host name is not one of this node's (use its address, localhost, or a name of its"
                            + " certificate)");
        }
    }

    /** Passes requests that do not come from another site's page or throws. */
    static void checkOrigin(HttpFields headers, @Nullable String authority) throws ApiException {
        String site = headers.get("Sec-Fetch-Site");
        if (site != null && (site.equals("cross-site") || site.equals("same-site"))) {
            throw new ApiException(403, "pages of other sites may not ask");
        }
        String origin = headers.get(HttpHeader.ORIGIN);
        if (origin == null) {
            return;
        }
        int slashes = origin.indexOf("://");
        if (authority == null || slashes < 0 || !origin.substring(slashes + 3).equalsIgnoreCase(authority)) {
            throw new ApiException(403, "pages of other sites may not ask");
        }
    }
}
