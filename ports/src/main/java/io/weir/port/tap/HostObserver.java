package io.weir.port.tap;

/** Is told what becomes of the device, by the daemon's thread; each change once. */
public interface HostObserver {
    /** Programs of the host can no longer send and receive, or still cannot, for another reason. */
    void down(String device, String reason);

    /** They can again. */
    void up(String device);

    /** A defect of weir itself cost a batch; the daemon goes on. */
    void failed(RuntimeException defect);
}
