package io.gangway.it;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The contract in a WAR, in the distribution of Tomcat 11 with a virtual thread for each request. */
@EnabledForJreRange(
        min = JRE.JAVA_21,
        disabledReason = "this JVM has no virtual threads; run it on JDK 21 or later with -Dtest.java-home")
final class WarInTomcat11VirtualIT extends ContractSuite {
    WarInTomcat11VirtualIT() {
        super(Backends.WAR_TOMCAT_11_VIRTUAL);
    }

    @Test
    void applications_are_called_on_virtual_threads() throws Exception {
        VirtualThreads.assertUsed(Backends.TOMCAT_11.onVirtualThreads());
    }
}
