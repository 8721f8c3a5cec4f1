package dev.surprisal.trainer.report;

import java.util.ArrayList;
import java.util.List;

/** The bound over the steps of a fit, thinned out to at most {@value #MOST} points. */
public final class FitCurve {

    private static final int MOST = 1_000;

    private final List<List<double[]>> members = new ArrayList<>();
    private final List<Integer> strides = new ArrayList<>();

    /** A step of one of the ensemble's networks is done, with its bound in nats per record. */
    public void add(int member, int step, double bound) {
        while (members.size() <= member) {
            members.add(new ArrayList<>());
            strides.add(1);
        }
        List<double[]> points = members.get(member);
        if (step % strides.get(member) != 0) {
            return;
        }
        points.add(new double[] {step, bound});
        if (points.size() == MOST) {
            strides.set(member, 2 * strides.get(member));
            List<double[]> thinned = new ArrayList<>();
            for (int i = 1; i < points.size(); i += 2) {
                thinned.add(points.get(i));
            }
            members.set(member, thinned);
        }
    }

    /** For each network [step, bound], the steps ascending. */
    List<List<double[]>> members() {
        return members;
    }
}
