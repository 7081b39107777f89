package io.weir.node;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.ConstructorCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dependency rules of ARCHITECTURE.md and the purity of the packet path, as far as byte code shows them. */
class ArchitectureTest {
    private static final JavaClasses WEIR = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.weir");

    private static final String[] PACKET_PATH = {"io.weir.switching.."};

    @Test
    void all_modules_are_looked_at() {
        for (String module : new String[] {
            "linux",
            "wire",
            "application",
            "applications",
            "memory",
            "agent",
            "port",
            "switching",
            "control",
            "management",
            "lab",
            "node"
        }) {
            org.assertj.core.api.Assertions.assertThat(WEIR.that(resideInAPackage("io.weir." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @Test
    void control_and_switching_never_see_each_other() {
        noClasses()
                .that()
                .resideInAPackage("io.weir.control..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weir.switching..", "io.weir.port..", "io.weir.node..", "io.weir.lab..")
                .check(WEIR);
        noClasses()
                .that()
                .resideInAPackage("io.weir.switching..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weir.control..", "io.weir.node..", "io.weir.lab..")
                .check(WEIR);
    }

    @Test
    void wire_knows_no_memory_region_port_or_engine() {
        noClasses()
                .that()
                .resideInAPackage("io.weir.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.weir.memory..",
                        "io.weir.port..",
                        "io.weir.switching..",
                        "io.weir.control..",
                        "io.weir.linux..")
                .check(WEIR);
    }

    @Test
    void agent_and_management_know_nothing_of_the_rest() {
        for (String module : List.of("agent", "management")) {
            noClasses()
                    .that()
                    .resideInAPackage("io.weir." + module + "..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.weir..")
                            .and(DescribedPredicate.not(resideInAPackage("io.weir." + module + ".."))))
                    .check(WEIR);
        }
    }

    @Test
    void the_master_decides_without_clock_thread_or_socket() {
        noClasses()
                .that()
                .resideInAPackage("io.weir.control.master..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.weir.control.health..",
                        "io.weir.control.resource..",
                        "io.weir.control.network..",
                        "java.net..",
                        "java.nio.channels..",
                        "java.util.concurrent..",
                        "java.time.chrono..")
                .check(WEIR);
    }

    @Test
    void memory_knows_neither_packets_nor_processors() {
        noClasses()
                .that()
                .resideInAPackage("io.weir.memory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weir.port..", "io.weir.switching..", "io.weir.control..", "io.weir.node..")
                .check(WEIR);
    }

    @Test
    void the_engine_sees_the_port_interface_and_no_driver() {
        noClasses()
                .that()
                .resideInAPackage("io.weir.switching..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weir.port.*..", "io.weir.linux..")
                .check(WEIR);
    }

    @Test
    void only_linux_makes_system_calls() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weir.linux..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .check(WEIR);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.weir.(**)").should().beFreeOfCycles().check(WEIR);
    }

    @Test
    void the_packet_path_neither_logs_nor_streams_nor_locks() {
        noClasses()
                .that()
                .resideInAnyPackage(PACKET_PATH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.stream..", "java.util.concurrent.locks..", "java.util.logging..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Optional")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.System$Logger")
                .check(WEIR);
        noCodeUnits()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(PACKET_PATH)
                .should(beSynchronized())
                .check(WEIR);
    }

    @Test
    void the_packet_path_makes_objects_only_while_it_is_built() {
        noCodeUnits()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(PACKET_PATH)
                .and(onThePacketPath())
                .should(makeObjects())
                .check(WEIR);
    }

    private static ArchCondition<JavaCodeUnit> beSynchronized() {
        return new ArchCondition<>("be synchronized") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        unit, unit.getModifiers().contains(JavaModifier.SYNCHRONIZED), unit.getFullName()));
            }
        };
    }

    /** Everything but constructors, class initialisers, static factories named {@code of} or {@code create}, toString and exceptions. */
    private static DescribedPredicate<JavaCodeUnit> onThePacketPath() {
        return DescribedPredicate.describe(
                "on the packet path",
                unit -> !(unit instanceof JavaConstructor)
                        && !unit.getName().equals("<clinit>")
                        && !unit.getName().equals("toString")
                        && !unit.getName().equals("of")
                        && !unit.getName().equals("create")
                        && !(unit.getModifiers().contains(JavaModifier.PRIVATE)
                                && unit.getModifiers().contains(JavaModifier.STATIC)
                                && unit.getName().startsWith("new"))
                        && !unit.getOwner().isRecord()
                        && !unit.getOwner().isEnum());
    }

    private static ArchCondition<JavaCodeUnit> makeObjects() {
        return new ArchCondition<>("call constructors") {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                for (JavaConstructorCall call : unit.getConstructorCallsFromSelf()) {
                    ConstructorCallTarget target = call.getTarget();
                    boolean isException = target.getOwner().isAssignableTo(Throwable.class);
                    events.add(new SimpleConditionEvent(unit, !isException, describe(call)));
                }
            }
        };
    }

    private static String describe(JavaCall<?> call) {
        return call.getDescription();
    }
}
