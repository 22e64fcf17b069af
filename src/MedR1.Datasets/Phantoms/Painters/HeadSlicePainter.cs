namespace MedR1.Datasets;

internal sealed class HeadSlicePainter : PhantomPainter
{
    private static readonly string[] s_rims = ["Bright rim around it", "No bright rim"];
    private static readonly string[] s_spots = ["Bright spot", "Dark spot"];
    private static readonly string[] s_levels = ["Upper half", "Lower half"];
    private static readonly string[] s_shapes = ["Tall ellipse", "Wide ellipse"];

    public override PhantomFamily Family => PhantomFamily.HeadSlice;

    public override string Kind => "Head slice";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int rim = random.Below(2);
        int spot = random.Below(2);
        int side = random.Below(2);
        int level = random.Below(2);
        int shape = random.Below(2);
        int radiusX = shape == 0 ? random.Between(300, 330) : random.Between(410, 440);
        int radiusY = shape == 0 ? random.Between(410, 440) : random.Between(300, 330);
        canvas.Fill(PhantomColor.Gray(random.Between(5, 20)));
        if (rim == 0)
        {
            canvas.Ellipse(PhantomColor.Gray(235), 500, 500, radiusX, radiusY);
            canvas.Ellipse(PhantomColor.Gray(15), 500, 500, radiusX - 45, radiusY - 45);
        }

        canvas.Ellipse(PhantomColor.Gray(random.Between(105, 130)), 500, 500, radiusX - 65, radiusY - 65);
        int x = 500 + (side == 0 ? -1 : 1) * radiusX * random.Between(30, 42) / 100;
        int y = 500 + (level == 0 ? -1 : 1) * radiusY * random.Between(30, 42) / 100;
        canvas.Disc(PhantomColor.Gray(spot == 0 ? 225 : 25), x, y, random.Between(65, 85));
        return
        [
            Fact("phantom_head_rim", QuestionType.OtherBiologicalAttributes, s_rims, rim,
                "Is there a bright rim around the slice?", "Does a bright rim surround this slice?"),
            Fact("phantom_head_spot", QuestionType.DiseaseDiagnosis, s_spots, spot,
                "What kind of spot lies in the slice?", "Is the spot in this slice bright or dark?"),
            Fact("phantom_head_side", QuestionType.AnatomyIdentification, s_halves, side,
                "In which half of the picture, left or right, does the spot lie?",
                "On which side of the slice is the spot?"),
            Fact("phantom_head_level", QuestionType.AnatomyIdentification, s_levels, level,
                "In which half of the picture, upper or lower, does the spot lie?",
                "Is the spot in the upper or the lower half?"),
            Fact("phantom_head_shape", QuestionType.AnatomyIdentification, s_shapes, shape,
                "Which shape does the slice have?", "Is this slice tall or wide?"),
        ];
    }
}
