package io.weir.applications.sorry;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.applications.hash.SharedKey;
import java.util.Arrays;
import java.util.List;

/**
 * Type {@code sorry-page}. Settings: {@code page} is the text of the page, or {@code file} a file with it; {@code
 * retry-after} when clients may come again.
 */
public final class SorryProvider implements ApplicationProvider {
    @Override
    public String type() {
        return "sorry-page";
    }

    @Override
    public String summary() {
        return "answers HTTP requests with 503 and a page";
    }

    @Override
    public ApplicationPlan plan(Settings settings, List<Claim> claims) throws SettingsException {
        if (!claims.isEmpty() && claims.stream().noneMatch(claim -> claim.protocol() == Claim.TCP)) {
            throw SettingsException.ofClaims("HTTP comes over TCP, and it listens for UDP alone: write protocol: tcp");
        }
        SorryPage.of(settings);
        return new ApplicationPlan(
                Arrays.stream(SorryCounter.values())
                        .map(counter -> counter.text)
                        .toList(),
                Arrays.stream(SorryDrop.values()).map(drop -> drop.text).toList(),
                SharedKey.BYTES,
                0);
    }

    @Override
    public NetworkApplication create(ApplicationContext context) {
        try {
            return new SorryApplication(context, SorryPage.of(context.settings()));
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
