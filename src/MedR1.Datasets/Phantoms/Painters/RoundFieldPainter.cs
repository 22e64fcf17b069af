namespace MedR1.Datasets;

internal sealed class RoundFieldPainter : PhantomPainter
{
    private static readonly string[] s_places =
        ["Disc at the left", "Disc at the right", "Disc at the top", "Disc at the bottom"];
    private static readonly string[] s_lines = ["A dark line crosses the field", "No dark line"];
    private static readonly string[] s_colors = ["Orange field", "Green field"];
    private static readonly (int X, int Y)[] s_offsets = [(-1, 0), (1, 0), (0, -1), (0, 1)];

    public override PhantomFamily Family => PhantomFamily.RoundField;

    public override string Kind => "Round field";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int place = random.Below(s_places.Length);
        int line = random.Below(2);
        int color = random.Below(2);
        PhantomColor ground = color == 0
            ? new PhantomColor(random.Between(185, 205), random.Between(95, 115), random.Between(40, 60))
            : new PhantomColor(random.Between(50, 70), random.Between(135, 155), random.Between(70, 90));
        canvas.Disc(ground, 500, 500, 470);
        int away = random.Between(235, 275);
        int x = 500 + s_offsets[place].X * away;
        int y = 500 + s_offsets[place].Y * away;
        canvas.Disc(ground.Lighter(70), x, y, random.Between(90, 110));
        if (line == 0)
        {
            bool rises = random.Below(2) == 0;
            int shift = random.Between(-80, 80);
            int width = random.Between(38, 50);
            canvas.Paint(
                ground.Lighter(-75),
                (u, v) => Math.Abs((rises ? u + v - 1000 : u - v) - shift) < width
                    && (u - 500) * (u - 500) + (v - 500) * (v - 500) <= 470 * 470);
        }

        return
        [
            Fact("phantom_field_disc", QuestionType.AnatomyIdentification, s_places, place,
                "Where in the field does the bright disc lie?", "At which side is the bright disc?"),
            Fact("phantom_field_line", QuestionType.DiseaseDiagnosis, s_lines, line,
                "Does a dark line cross the field?", "Is a dark line visible in the field?"),
            Fact("phantom_field_color", QuestionType.OtherBiologicalAttributes, s_colors, color,
                "Which colour does the field have?", "What is the colour of the round field?"),
        ];
    }
}
