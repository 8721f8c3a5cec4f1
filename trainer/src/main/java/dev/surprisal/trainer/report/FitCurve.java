package dev.surprisal.trainer.report;

import dev.surprisal.schemas.model.FitCourse;
import dev.surprisal.schemas.model.ModelPlots;
import java.util.ArrayList;
import java.util.List;

/** The bound over the steps of a fit, thinned out to at most {@value #MOST} points, and that of held-out records whenever it was computed. */
public final class FitCurve {

    private static final int MOST = 1_000;

    private final List<List<double[]>> members = new ArrayList<>();
    private final List<Integer> strides = new ArrayList<>();
    private final List<List<double[]>> heldOut = new ArrayList<>();

    /** A step of one of the ensemble's networks is done, with its bound in nats per record. */
    public void add(int member, int step, double bound) {
        know(member);
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

    /** The bound of held-out records after a step of one of the networks, nats per record; called some tens of times a fit. */
    public void addHeldOut(int member, int step, double bound) {
        know(member);
        heldOut.get(member).add(new double[] {step, bound});
    }

    private void know(int member) {
        while (members.size() <= member) {
            members.add(new ArrayList<>());
            strides.add(1);
            heldOut.add(new ArrayList<>());
        }
    }

    /**
     * The curve of one network as it is in the middle of a fit.
     *
     * @param stride which steps are taken: multiples of it
     * @param fitted [step, bound]
     * @param heldOut [step, bound of held-out records]
     */
    public record Course(int stride, List<double[]> fitted, List<double[]> heldOut) {}

    /** All that there is so far, one for each network. */
    public List<Course> state() {
        List<Course> state = new ArrayList<>();
        for (int member = 0; member < members.size(); member++) {
            state.add(new Course(
                    strides.get(member), List.copyOf(members.get(member)), List.copyOf(heldOut.get(member))));
        }
        return state;
    }

    /** Goes on from an earlier state. */
    public void restore(List<Course> state) {
        members.clear();
        strides.clear();
        heldOut.clear();
        for (Course course : state) {
            members.add(new ArrayList<>(course.fitted));
            strides.add(course.stride);
            heldOut.add(new ArrayList<>(course.heldOut));
        }
    }

    /** For each network [step, bound], the steps ascending. */
    List<List<double[]>> members() {
        return members;
    }

    /** For each network [step, bound of held-out records], the steps ascending; empty where none were watched. */
    List<List<double[]>> heldOut() {
        return heldOut;
    }

    /** The curves as a model keeps them: of few points, in few digits. */
    public List<FitCourse> courses() {
        List<FitCourse> courses = new ArrayList<>();
        for (int member = 0; member < Math.min(members.size(), ModelPlots.MOST_FITS); member++) {
            courses.add(new FitCourse(some(members.get(member)), some(heldOut.get(member))));
        }
        return courses;
    }

    /** Evenly spread points, the last one among them. */
    private static double[][] some(List<double[]> points) {
        int every = (points.size() + FitCourse.MOST - 1) / FitCourse.MOST;
        List<double[]> some = new ArrayList<>();
        for (int i = points.size() - 1; i >= 0; i -= every) {
            some.add(0, points.get(i));
        }
        return FewDigits.ofCurve(some);
    }
}
